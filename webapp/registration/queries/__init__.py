"""Reading applications, queues, rosters and participants."""
