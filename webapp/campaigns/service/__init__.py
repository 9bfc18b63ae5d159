"""What units, leaders and hosts do in a campaign."""
