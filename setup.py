"""The packages, found by looking: a new script or format needs no line here. All else stands in setup.cfg."""

from setuptools import find_packages, setup

# The weights lie at the top of the checkout and are installed as a package of data.
setup(packages=[*find_packages(include=["ocrtool", "ocrtool.*"]), "ocrtool._weights"])
