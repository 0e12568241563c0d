"""The services that other programs call: REST, Dify's external knowledge, the gate before them."""

from ipqa.interfaces.rest.access import BASIC, Access
from ipqa.interfaces.rest.api import create_api
from ipqa.interfaces.rest.gate import Services
from ipqa.interfaces.rest.service import Filters, Service

__all__ = ["BASIC", "Access", "Filters", "Service", "Services", "create_api"]
