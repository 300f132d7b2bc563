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
    let problem = try #require(#expect(throws: EndpointProblem.self) { try Cloud(replacing: base) })
    #expect(problem.code == .configurationInvalid)
    #expect(problem.summary.contains("“\(base)”"))
    #expect(problem.remedy != nil)
  }

  @Test func `a password in a base is refused without being shown`() throws {
    let problem = try #require(
      #expect(throws: EndpointProblem.self) { try Cloud(replacing: "https://user:pa55@login.test") })
    #expect(problem.summary.contains("login.test") && !problem.description.contains("pa55"))
  }

  @Test func `Microsoft's clouds are found by name and use https alone`() throws {
    #expect(Cloud.all.map(\.name) == ["global", "gcc-high", "dod", "china"])
    #expect(Cloud(named: "gcc-high") == .gccHigh)
    #expect(Cloud(named: "custom") == nil)
    for cloud in Cloud.all {
      for url in [cloud.login, cloud.graph, cloud.graphResource, cloud.outlookResource, cloud.portal] {
        #expect(url.hasPrefix("https://") && !url.hasSuffix("/"))
      }
      #expect(cloud.graph == cloud.graphResource + "/v1.0")
    }
  }
}
