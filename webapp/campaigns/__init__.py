"""Labour competitions (劳动竞赛): units enrol, plan and report, a leader reviews, a host commends."""
