import Core
import Microsoft
import Store
import Testing

@testable import Accounts

/// What somebody who registers an app may say.
@Suite struct AppSettingsTests {
  @Test(arguments: [
    "common", "organizations", "consumers", "72F988BF-86F1-41AF-91AB-2D7CD011DB47", "contoso.onmicrosoft.com",
    "xn--bcher-kva.example",
  ])
  func `a tenant is a well-known word, an id or a domain`(text: String) throws {
    #expect(try Authority(text).segment == text.lowercased())
  }

  @Test(arguments: [
    "", "contoso", "common/oauth2", "../common", "a.example/", "a.example?x=1", "a.example#", "%2e%2e",
    "a..b",
    "-a.example", "a-.example", "a b.example", "https://login.microsoftonline.com/common", "a.example\r\n",
    "72f988bf-86f1-41af-91ab-2d7cd011db4", "72f988bf-86f1-41af-91ab-2d7cd011db4g",
  ])
  func `nothing else gets into the path of a request`(text: String) {
    #expect(throws: Problem.self) { try Authority(text) }
  }

  static let scopes = Scopes(cloud: .global, base: .api)
  static let clouds = Clouds()
  static let clientID = "11111111-2222-4333-8444-555555555555"

  @Test(arguments: [
    "", "id", "ENTER_YOUR_CLIENT_ID", "g.someone@example.com", "00000000-0000-0000-0000-000000000000",
    "11111111-2222-4333-8444-55555555555", "{11111111-2222-4333-8444-555555555555}",
    "11111111-2222-4333-8444-555555555555/contoso.test", "api://11111111-2222-4333-8444-555555555555",
  ])
  func `what is no client id is refused, with where to find it`(id: String) throws {
    let app = NewApp(name: "Mail", provider: .outlook, enabled: true, clientID: id)
    let problem = #expect(throws: Problem.self) { try app.validated(Self.clouds) }
    #expect(problem?.code == .appInvalid && problem?.summary.contains("“\(id)”") == true)
    #expect(problem?.remedy?.contains("Overview") == true)
  }

  @Test(arguments: [
    "https://login.microsoftonline.com/common/oauth2/nativeclient", "https://localhost", "https://localhost/",
    "http://localhost:8080/finish", "https://mail.example.com/oauth/", "https://mail.example.com/OAuth",
    "https://mail.example.com/oauth2", "http://localhost/email-oauth/microsoft/callback/",
  ])
  func `a redirect URI at which nobody answers is refused, with those that are served`(url: String) throws {
    let app = NewApp(
      name: "Mail", provider: .outlook, enabled: true, clientID: Self.clientID, redirectURL: url)
    let problem = #expect(throws: Problem.self) { try app.validated(Self.clouds) }
    #expect(problem?.code == .appInvalid && problem?.summary.contains(url) == true)
    #expect(problem?.remedy?.contains("/oauth or /api/v1/outlook-authorization/code") == true)
  }

  @Test func `an app that acts for itself needs a secret and one certain tenant`() throws {
    var app = NewApp(
      name: "Mail", provider: .outlookService, enabled: true, clientID: Self.clientID, authority: "a.example")
    #expect(throws: Problem.self) { try app.validated(Self.clouds) }
    app.clientSecret = Secret("secret")
    #expect(try app.validated(Self.clouds).authority.segment == "a.example")
    for authority in [nil, "common", "organizations", "consumers"] as [String?] {
      app.authority = authority
      let problem = #expect(throws: Problem.self) { try app.validated(Self.clouds) }
      #expect(problem?.code == .appInvalid)
    }
  }

  @Test(arguments: [
    ("https://mail.example.com/oauth", true), ("http://localhost:3000/oauth", true),
    ("http://127.0.0.1/oauth", true), ("https://example.com/mail/oauth", true),
    ("http://localhost/email-oauth/microsoft/callback", true), ("http://mail.example.com/oauth", false),
    ("/oauth", false),
    ("javascript:alert(1)", false), ("https://mail.example.com/oauth#top", false),
    ("https://user@mail.example.com/", false), ("https://mail.example.com/(x)", false),
  ])
  func `a redirect URI is one that Entra takes`(url: String, isFine: Bool) {
    let app = NewApp(
      name: "Mail", provider: .outlook, enabled: true, clientID: Self.clientID, redirectURL: url)
    #expect(((try? app.validated(Self.clouds)) != nil) == isFine)
  }

  @Test(arguments: [
    NewApp(name: " ", provider: .outlook, enabled: true, clientID: Self.clientID),
    NewApp(name: "a\nb", provider: .outlook, enabled: true, clientID: Self.clientID),
    NewApp(name: "Mail", provider: .outlook, enabled: true, clientID: ""),
    NewApp(name: "Mail", provider: .outlook, enabled: true, clientID: Self.clientID + " "),
    NewApp(
      name: "Mail", provider: .outlook, enabled: true, clientID: Self.clientID, clientSecret: Secret("")),
    NewApp(
      name: "Mail", provider: .outlook, enabled: true, clientID: Self.clientID,
      extraScopes: ["Mail.Send User.Read"]),
    NewApp(
      name: "Mail", provider: .outlook, enabled: true, clientID: Self.clientID,
      extraScopes: ["https://outlook.office.com/SMTP.Send"]),
    NewApp(name: "Mail", provider: .outlook, enabled: true, clientID: Self.clientID, skipScopes: ["openid"]),
    NewApp(name: "Mail", provider: .outlook, enabled: true, cloud: "mars", clientID: Self.clientID),
    NewApp(
      name: "Mail", provider: .outlook, enabled: true, baseScopes: .imap, clientID: Self.clientID,
      extraScopes: ["https://graph.microsoft.com/Mail.Send"]),
    NewApp(
      name: "Mail", provider: .outlook, enabled: true, baseScopes: .imap, clientID: Self.clientID,
      extraScopes: ["Mail.Send"]),
    NewApp(
      name: "Mail", provider: .outlook, enabled: true, clientID: Self.clientID, extraScopes: ["SMTP.Send"]),
    NewApp(
      name: "Mail", provider: .outlookService, enabled: true, shared: true, clientID: Self.clientID,
      clientSecret: Secret("secret"), authority: "a.example"),
    NewApp(
      name: "Mail", provider: .outlook, enabled: true, clientID: Self.clientID,
      clientSecret: Secret("secret"),
      clientCertificate: TestCertificate.pem),
    NewApp(
      name: "Mail", provider: .outlook, enabled: true, clientID: Self.clientID,
      clientCertificate: Secret(TestCertificate.certificate)),
  ])
  func `an app that cannot work is refused`(app: NewApp) {
    #expect(throws: Problem.self) { try app.validated(Self.clouds) }
  }

  @Test func `a person is asked for mail, identity and a refresh token`() {
    let graph = "https://graph.microsoft.com/"
    #expect(
      Self.scopes.requested(sendOnly: false, extra: [], skip: []) == [
        graph + "Mail.ReadWrite", graph + "Mail.Send", graph + "User.Read", "offline_access", "openid",
        "profile",
      ])
    #expect(
      Self.scopes.requested(
        sendOnly: false, extra: ["mail.send", "Calendars.Read", "email"], skip: [graph + "mail.readwrite"])
        == [
          graph + "Mail.Send", graph + "User.Read", graph + "Calendars.Read", "offline_access", "openid",
          "profile",
          "email",
        ])
  }

  @Test func `a refusal of a cloud names those there are`() {
    let app = NewApp(
      name: "Mail", provider: .outlook, enabled: true, cloud: "https://mars", clientID: Self.clientID)
    let problem = #expect(throws: Problem.self) { try app.validated(Self.clouds) }
    #expect(problem?.code == .appInvalid)
    #expect(problem?.remedy == "Use one of global, gcc-high, dod, china.")
  }

  @Test func `an app for IMAP and SMTP asks for scopes of Exchange`() {
    let exchange = Scopes(cloud: .global, base: .imap)
    #expect(
      exchange.requested(sendOnly: true, extra: ["POP.AccessAsUser.All"], skip: []) == [
        "https://outlook.office.com/SMTP.Send", "https://outlook.office.com/POP.AccessAsUser.All",
        "offline_access", "openid", "profile",
      ])
    #expect(exchange.appOnly == "https://outlook.office365.com/.default")
    #expect(Self.scopes.appOnly == "https://graph.microsoft.com/.default")
  }

  @Test(arguments: ["Mail.Send", "mail.send", "https://graph.microsoft.com/Mail.Send"])
  func `a granted scope is recognised however Entra spells it`(spelling: String) {
    #expect(Scopes.grant(["openid", spelling], includes: "Mail.Send"))
    #expect(!Scopes.grant(["openid", spelling], includes: "Mail.ReadWrite"))
  }

  @Test(arguments: [
    ("https://a.example/done", "https://a.example/done?account=a%2Bb%40c&state=new"),
    ("https://a.example/done?x=%2F#top", "https://a.example/done?x=%2F&account=a%2Bb%40c&state=new#top"),
  ])
  func `the way back says which account it was`(url: String, expected: String) {
    #expect(WebURL(url)?.adding([("account", "a+b@c"), ("state", "new")]) == expected)
  }
}

extension NewApp: CustomTestStringConvertible {
  public var testDescription: String { "\(name) \(clientID) \(extraScopes) \(skipScopes)" }
}
