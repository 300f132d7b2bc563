"""msgraph-sdk as a client of the sandbox, signed in as a daemon by azure-identity."""

import ssl

from checks import CA_FILE, GRAPH, ORIGIN

import httpx
from azure.identity import ClientSecretCredential
from kiota_authentication_azure.azure_identity_authentication_provider import (
    AzureIdentityAuthenticationProvider)
from msgraph import GraphRequestAdapter, GraphServiceClient
from msgraph_core import GraphClientFactory


def graph_client(daemon, tenant):
    """The client, its adapter, and the HTTP client to be closed at the end."""
    credential = ClientSecretCredential(
        tenant["id"], daemon["clientId"], daemon["secret"], authority=ORIGIN,
        disable_instance_discovery=True, connection_verify=CA_FILE)
    provider = AzureIdentityAuthenticationProvider(
        credential, scopes=[GRAPH + "/.default"], allowed_hosts=["localhost"])
    trust = ssl.create_default_context(cafile=CA_FILE)
    http = GraphClientFactory.create_with_default_middleware(client=httpx.AsyncClient(verify=trust, timeout=300))
    adapter = GraphRequestAdapter(provider, client=http)
    adapter.base_url = ORIGIN + "/v1.0"
    return GraphServiceClient(request_adapter=adapter), adapter, http
