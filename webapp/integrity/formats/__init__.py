"""Files that browsers send while somebody writes."""
