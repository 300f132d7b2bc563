import Core
import Testing

@testable import Microsoft

@Suite struct ErrorCatalogueTests {
  static let known = ErrorValues(
    cloud: .global, clientID: "6731de76-14a6-49ae-97bc-6eba6914391e", tenant: "contoso.test",
    redirectURI: "https://mail.contoso.test/oauth",
    scopes: ["https://graph.microsoft.com/Mail.Send", "openid"],
    permission: "Mail.Send", mailbox: "alice@contoso.test", sender: "bob@contoso.test",
    from: "sales@contoso.test", certificate: "0A1B")

  @Test func `each name has one meaning in its party`() {
    var names = Set<String>()
    for entry in ErrorCatalogue.entries {
      #expect(!entry.names.isEmpty)
      for name in entry.names {
        #expect(names.insert("\(entry.party) \(name.lowercased())").inserted, "\(name)")
      }
    }
    #expect(Set(ErrorCatalogue.entries.map(\.party)) == Set(ErrorEntry.Party.allCases))
  }

  @Test func `each entry says in one sentence what is, and what to do unless waiting is all there is`() {
    for entry in ErrorCatalogue.entries {
      #expect(entry.meaning.hasSuffix("."), "\(entry.names)")
      #expect(entry.remedy?.hasSuffix(".") ?? (entry.actor == .nobody), "\(entry.names)")
      #expect(entry.actor != .nobody || entry.remedy == nil && entry.verdict != .futile, "\(entry.names)")
      // A sentence begins with a capital, and an address has none to spare.
      #expect(!entry.meaning.hasPrefix("{") && entry.remedy?.hasPrefix("{") != true, "\(entry.names)")
    }
  }

  @Test func `no sentence is left with a hole, whatever is known`() {
    var hostile = Self.known
    hostile.mailbox = "{tenant}\r\nHELO\u{202e}" + String(repeating: "x", count: 5000)
    hostile.redirectURI = "https://\u{2028}<script>"
    let empty = ErrorValues(clientID: "", tenant: " ", redirectURI: "\n", scopes: [""], mailbox: "")
    for values in [ErrorValues(), Self.known, hostile, empty] {
      for entry in ErrorCatalogue.entries {
        for text in [entry.meaning, entry.remedy ?? "."].map(values.fill) {
          let filled = values == hostile ? text.replacing("{tenant}", with: "") : text
          #expect(!filled.contains { "{}".contains($0) || $0.isNewline || $0 == "\u{202e}" }, "\(text)")
          #expect(!text.contains("  ") && !text.contains(" .") && text.hasSuffix("."), "\(text)")
          // One mailbox may be named twice, and a link is the longest value.
          #expect(text.count < 1500, "\(text)")
        }
      }
    }
  }

  @Test func `every placeholder is a known one, and each is filled with its value`() {
    let shown: [Placeholder: String] = [
      .redirectURI: "https://mail.contoso.test/oauth",
      .clientID: "client ID 6731de76-14a6-49ae-97bc-6eba6914391e",
      .authority: "the tenant contoso.test", .tenant: "the tenant contoso.test", .scopes: "Mail.Send",
      .permission: "the permission Mail.Send",
      .mailbox: "alice@contoso.test", .sender: "bob@contoso.test", .from: "sales@contoso.test",
      .certificate: "the certificate with the thumbprint 0A1B", .portal: "https://entra.microsoft.com",
      .adminConsent: "https://login.microsoftonline.com/contoso.test/v2.0/adminconsent?client_id=6731de76",
    ]
    for placeholder in Placeholder.allCases {
      let template = "Before {\(placeholder.rawValue)} after."
      let filled = Self.known.fill(template)
      #expect(filled.contains(shown[placeholder] ?? "?"), "\(filled)")
      #expect(ErrorValues().fill(template) == "Before \(placeholder.neutral) after.")
    }
    for entry in ErrorCatalogue.entries {
      for match in (entry.meaning + (entry.remedy ?? "")).matches(of: /\{(\w*)\}/) {
        #expect(Placeholder(rawValue: String(match.1)) != nil, "\(match.0)")
      }
    }
  }

  @Test func `a shared authority is not called a tenant, and an address is not cut short of its domain`() {
    var values = Self.known
    values.tenant = "common"
    #expect(values.fill("through {authority}, in {tenant}.") == "through “common”, in the account's tenant.")
    values.scopes = ["openid", "offline_access"]
    #expect(values.fill("{scopes}") == "openid, offline_access")
    values.scopes = ["https://graph.microsoft.com/.default"]
    #expect(values.fill("{scopes}") == "https://graph.microsoft.com/.default")
    values.adminConsent = "https://mail.contoso.test/consent?state=1"
    #expect(values.fill("{adminConsent}") == "https://mail.contoso.test/consent?state=1")
  }

  @Test func `a redirect mismatch quotes the URI to be entered`() throws {
    let entry = try #require(ErrorCatalogue.entry(aadsts: 50011))
    #expect(
      entry.remedy.map(Self.known.fill)
        == "Add exactly https://mail.contoso.test/oauth under Authentication, platform Web: scheme, host, path, case and "
        + "a trailing slash all count.")
  }

  @Test func `each link leads into the portal of the cloud`() {
    for entry in ErrorCatalogue.entries where entry.link != nil {
      let link = Self.known.link(entry.link)
      #expect(
        link?.hasPrefix("https://entra.microsoft.com/#view/") == true
          || link?.hasPrefix("https://login.microsoftonline.com/contoso.test/v2.0/adminconsent?") == true,
        "\(entry.names)")
      #expect(ErrorValues().link(entry.link) == nil)
    }
  }

  @Test(arguments: ErrorEntry.Party.allCases)
  func `each name is explained as its own entry`(party: ErrorEntry.Party) throws {
    for entry in ErrorCatalogue.entries where entry.party == party {
      for name in entry.names {
        let explanation = try #require(ErrorCatalogue.explain(name, Self.known), "\(name)")
        #expect(explanation.meaning == Self.known.fill(entry.meaning), "\(name)")
        #expect(explanation.code == entry.code && explanation.actor == entry.actor, "\(name)")
        #expect(explanation.remedy == entry.remedy.map(Self.known.fill), "\(name)")
        #expect(ErrorCatalogue.explain("  \(name.lowercased()) \n")?.code == entry.code, "\(name)")
      }
    }
  }

  @Test func `every code of the login service that a gateway meets is there`() {
    let numbers = [
      16000, 16001, 16002, 28000, 28001, 28002, 28003, 50000, 50001, 50011, 50012, 50013, 50020, 50033, 50034,
      50053,
      50055, 50056, 50057, 50058, 50059, 50072, 50074, 50076, 50078, 50079, 50097, 50105, 50126, 50129, 50131,
      50132,
      50133, 50140, 50144, 50147, 50158, 50173, 50177, 50194, 50196, 50199, 51004, 53000, 53001, 53003, 53011,
      54005,
      65001, 65004, 65005, 70000, 70001, 70002, 70003, 70004, 70005, 70007, 70008, 70011, 70016, 70018, 70019,
      70020,
      70021, 70043, 90002, 90006, 90008, 90009, 90012, 90014, 90015, 90019, 90023, 90024, 90033, 90038, 90055,
      90072,
      90093, 90094, 90095, 90100, 90102, 90124, 90130, 500011, 500113, 500133, 500208, 501481, 501491, 530032,
      530035,
      650052, 650056, 650057, 700005, 700007, 700016, 700022, 700023, 700025, 700027, 700030, 700038, 700054,
      700082,
      700084, 700212, 700213, 900144, 900382, 900432, 900561, 900971, 901002, 7000112, 7000215, 7000218,
      7000222,
      9001023, 9002313, 9002327, 9002332,
    ]
    #expect(numbers.filter { ErrorCatalogue.entry(aadsts: $0) == nil } == [])
  }
}

extension ErrorCatalogueTests {
  @Test(
    arguments: [
      ("50011", ProblemCode.entraRedirectMismatch),
      ("Error code: 50011", .entraRedirectMismatch),
      (
        "AADSTS50011: The redirect URI 'http://x/' specified in the request does not match",
        .entraRedirectMismatch
      ),
      ("aadsts 700016", .entraClientUnknown),
      (
        "Request Id: 0000aaaa-11bb-cccc-dd22-eeeeee333333 Timestamp: 2026-01-09 Message: AADSTS90094: x",
        .entraAdminConsentRequired
      ),
      ("AADSTS123456: odd. AADSTS65001: consent", .entraConsentRequired),
      (
        "invalid_request: The provided value for the input parameter 'redirect_uri' is not valid.",
        .entraRedirectMismatch
      ),
      (
        "unauthorized_client: The client does not exist or is not enabled for consumers.",
        .entraWrongAccountType
      ),
      (#"{"error":{"code":"ErrorAccessDenied","message":"Access is denied."}}"#, .graphAccessDenied),
      ("erroraccessdenied", .graphAccessDenied),
      ("MailboxNotEnabledForRESTAPI - The mailbox is either inactive", .graphMailboxUnavailable),
      (
        "535 5.7.3 Authentication unsuccessful [AM0PR06CA0126.eurprd06.prod.outlook.com 2024-02-14T14:50:26.590Z "
          + "08DC2D372B4C3DED]", .smtpTokenRejected
      ),
      (
        "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. Visit "
          + "https://aka.ms/smtp_auth_disabled for more information.", .smtpDisabled
      ),
      (
        "535-5.7.139 Authentication unsuccessful, user is locked by your organization's security defaults policy.",
        .smtpAccessBlocked
      ),
      ("5.7.139", .smtpAccessBlocked),
      ("550 5.7.30 Basic authentication is not supported for Client Submission.", .smtpDisabled),
      ("554 5.2.252 SendAsDenied; a@x not allowed to send as b@x", .smtpSendAsDenied),
      ("#550 5.7.233 - TERRL", .smtpSendingBlocked),
      (
        "554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException; Failed to process",
        .smtpSendingBlocked
      ),
      (
        "554 5.2.0 STOREDRV.Submission.Exception:SendAsDeniedException.MapiExceptionSendAsDenied",
        .smtpSendAsDenied
      ),
      ("432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded", .smtpThrottled),
      ("A1 NO AUTHENTICATE failed.", .imapTokenRejected),
      ("A2 BAD User is authenticated but not connected.", .imapMailboxUnavailable),
    ] as [(String, ProblemCode)])
  func `what a person pastes is found`(text: String, code: ProblemCode) throws {
    let explanation = try #require(ErrorCatalogue.explain(text))
    #expect(explanation.code == code)
  }

  @Test(arguments: [
    "", " ", "hello", "42", "AADSTS", "AADSTS999999", "the request failed with bad request", "535",
    "5.7.3000",
    "version 15.7.39.2", "2026-11-21", "12345678", "<script>", "itemnotfoundhere",
    String(repeating: "5", count: 100_000),
  ])
  func `what means nothing is not explained`(text: String) {
    #expect(ErrorCatalogue.explain(text) == nil)
  }
}
