"""The front: the process that talks with clients, so that no thread of the product ever waits for one."""
