"""msgraph-sdk and O365 as clients of the sandbox, as a daemon: signed in by azure-identity and by MSAL."""

import ssl

from checks import CA_FILE, GRAPH, ORIGIN

import httpx
import msal
from azure.identity import ClientSecretCredential
from kiota_authentication_azure.azure_identity_authentication_provider import (
    AzureIdentityAuthenticationProvider)
from msgraph import GraphRequestAdapter, GraphServiceClient
from msgraph_core import GraphClientFactory
from O365 import Account, MSGraphProtocol
from O365.utils.token import MemoryTokenBackend


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


class SandboxProtocol(MSGraphProtocol):
    _protocol_url = ORIGIN + "/"


def o365_account(daemon, tenant, mailbox):
    """An account that is to sign in."""
    backend = MemoryTokenBackend()
    account = Account(
        (daemon["clientId"], daemon["secret"]), auth_flow_type="credentials", tenant_id=tenant["id"],
        protocol=SandboxProtocol(default_resource=mailbox), token_backend=backend, verify_ssl=CA_FILE)
    # O365 knows Microsoft's own login host only; everything else goes its own way.
    account.con._msal_client = msal.ConfidentialClientApplication(
        daemon["clientId"], client_credential=daemon["secret"], authority=f"{ORIGIN}/{tenant['id']}",
        instance_discovery=False, verify=CA_FILE, token_cache=backend)
    return account
