"""When an installation is ready for an exam. Plain Python."""
