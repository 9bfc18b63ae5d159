"""Reading certificates, and what people have reached towards one."""
