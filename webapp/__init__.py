"""Jiangsai 匠赛: contests in vocational skills, from registration to the posted list."""
