import Testing

@testable import Accounts
@testable import Tables

@Suite struct ImportColumnsTests {
  @Test(
    arguments: [
      (["email", "client id", "refresh token"], [.email, .clientID, .refreshToken]),
      (["Refresh-Token", "CLIENT_ID", "E-Mail"], [.refreshToken, .clientID, .email]),
      (
        [
          "User principal name", "Application (client) ID", "Directory (tenant) ID", "refreshToken", "Secret",
        ],
        [.email, .clientID, .tenant, .refreshToken, .clientSecret]
      ),
      (["mail", "password", "clientId", "token"], [.email, .password, .clientID, .refreshToken]),
      (["email", "colour", "clientid", "token", "email"], [.email, nil, .clientID, .refreshToken, nil]),
    ] as [([String], [ImportColumns.Column?])])
  func `a header names its columns in any order and spelling`(
    header: [String], columns: [ImportColumns.Column?]
  ) throws {
    #expect(try #require(ImportColumns(header: header)).columns == columns)
  }

  @Test(arguments: [
    ["alice@contoso.test", "a0000000-0000-4000-8000-000000000001", "token"], ["x", "y", "z"], [""],
    ["token", "alice@contoso.test"],
  ])
  func `a row of values is no header`(row: [String]) {
    #expect(ImportColumns(header: row) == nil)
  }

  @Test func `what a header lacks is named`() {
    #expect(ImportColumns(header: ["email", "secret"])?.missing == [.clientID, .refreshToken])
  }

  @Test func `a password is read over`() {
    let row = ["a@x.example", "hunter2", "id", "token"]
    let values = ImportColumns(guessedFrom: row, .dashes).values(row)
    #expect(values == [.email: "a@x.example", .clientID: "id", .refreshToken: "token"])
  }
}
