import Core
import Testing

@testable import Microsoft

@Suite struct CloudTests {
  @Test(arguments: [
    ("https://login.test", "https://login.test"),
    ("https://login.test/", "https://login.test"),
    ("https://proxy.test:8443/microsoft/", "https://proxy.test:8443/microsoft"),
    ("http://localhost:4000", "http://localhost:4000"),
    ("http://127.0.0.1:4000/", "http://127.0.0.1:4000"),
    ("http://127.8.9.10", "http://127.8.9.10"),
    ("http://[::1]:4000", "http://[::1]:4000"),
  ])
  func `another origin serves both login and Graph, under the global names`(base: String, origin: String)
    throws
  {
    let cloud = try Cloud(replacing: base)
    #expect(cloud.login == origin)
    #expect(cloud.graph == origin + "/v1.0")
    #expect(cloud.graphScope("Mail.Send") == "https://graph.microsoft.com/Mail.Send")
    #expect(cloud.graphDefaultScope == "https://graph.microsoft.com/.default")
  }

  @Test(arguments: [
    "http://login.test", "http://192.168.1.5:4000", "http://127.0.0.1.login.test", "http://127.0.0.999",
    "http://localhost.login.test", "http://1270.0.0.1", "http://127.1", "http://[::2]", "http://0.0.0.0:4000",
    "ftp://login.test", "login.test", "/microsoft", "", "https://",
    "https://login.test/?a=b", "https://login.test/#a", "http:// localhost",
  ])
  func `a base that could carry a token in clear text is refused by name`(base: String) throws {
    let problem = try #require(#expect(throws: Problem.self) { try Cloud(replacing: base) })
    #expect(problem.code == .configurationInvalid)
    #expect(problem.summary.contains("“\(base)”"))
    #expect(problem.remedy != nil)
  }

  @Test func `a password in a base is refused without being shown`() throws {
    let problem = try #require(
      #expect(throws: Problem.self) { try Cloud(replacing: "https://user:pa55@login.test") })
    #expect(problem.summary.contains("login.test") && !problem.description.contains("pa55"))
  }

  @Test func `Microsoft's clouds are found by name and use https alone`() throws {
    #expect(Cloud.all.map(\.name) == ["global", "gcc-high", "dod", "china"])
    #expect(Cloud(named: "gcc-high") == .gccHigh)
    #expect(Cloud(named: "custom") == nil)
    for cloud in Cloud.all {
      let urls = [cloud.login, cloud.graph, cloud.graphResource, cloud.outlookResource, cloud.portal]
      for url in urls + [cloud.outlookDefaultScope] {
        #expect(url.hasPrefix("https://") && !url.hasSuffix("/"))
      }
      #expect(cloud.graph == cloud.graphResource + "/v1.0")
      #expect(!cloud.imapHost.contains("/") && !cloud.smtpHost.contains("/"))
    }
    #expect(Cloud.global.outlookDefaultScope == "https://outlook.office365.com/.default")
  }

  @Test func `an operator's cloud takes a place among Microsoft's own`() throws {
    let here = try Cloud(replacing: "http://localhost:4000")
    let own = try Cloud(replacing: "https://lab.test", name: "lab")
    let other = try Cloud(replacing: "https://proxy.test", name: "china")
    let clouds = Clouds(global: here, named: [own, other])
    #expect(clouds.names == ["global", "gcc-high", "dod", "china", "lab"])
    #expect(clouds.cloud(named: "global")?.login == "http://localhost:4000")
    #expect(clouds.cloud(named: "gcc-high") == .gccHigh)
    #expect(clouds.cloud(named: "lab")?.graphScope("Mail.Send") == Cloud.global.graphScope("Mail.Send"))
    #expect(clouds.cloud(named: "china")?.graph == "https://proxy.test/v1.0")
    #expect(clouds.cloud(named: "https://evil.test") == nil)
    #expect(Clouds().cloud(named: "global") == .global)
  }

  @Test func `a portal link leads to the page of the app`() {
    #expect(
      Cloud.global.portalLink(.authentication, clientID: "6731de76-14a6-49ae-97bc-6eba6914391e")
        == "https://entra.microsoft.com/#view/Microsoft_AAD_RegisteredApps/ApplicationMenuBlade/~/Authentication"
        + "/appId/6731de76-14a6-49ae-97bc-6eba6914391e")
    #expect(
      Cloud.china.portalLink(.permissions, clientID: nil)
        == "https://portal.azure.cn/#view/Microsoft_AAD_RegisteredApps/ApplicationsListBlade")
    #expect(Cloud.global.portalLink(.credentials, clientID: "a/../b#<").hasSuffix("/appId/a%2F..%2Fb%23%3C"))
    for page in PortalPage.allCases {
      #expect(
        Cloud.gccHigh.portalLink(page, clientID: "x").hasPrefix(
          "https://portal.azure.us/#view/Microsoft_AAD_"))
    }
  }
}
