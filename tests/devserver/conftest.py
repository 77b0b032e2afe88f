"""Tests that need a cluster are collected where the tests run on one: `make test-cluster`."""

from tests import cluster_database

collect_ignore_glob = [] if cluster_database.is_used() else ["*_on_cluster.py"]
