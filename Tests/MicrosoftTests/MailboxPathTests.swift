import Testing

@testable import Microsoft

@Suite struct MailboxPathTests {
  @Test(arguments: [
    ("alice@contoso.test", "/users/alice%40contoso.test"),
    ("a/b@contoso.test", "/users/a%2Fb%40contoso.test"),
    ("o'neil+x@contoso.test", "/users/o%27neil%2Bx%40contoso.test"),
    ("bob#EXT#@contoso.test", "/users/bob%23EXT%23%40contoso.test"),
    ("ü@contoso.test", "/users/%C3%BC%40contoso.test"),
    ("a?$select=id@contoso.test", "/users/a%3F%24select%3Did%40contoso.test"),
  ])
  func `a mailbox is one segment of a path at Graph`(mailbox: String, path: String) {
    #expect(GraphMailbox.user(mailbox).path == path && GraphMailbox.shared(mailbox).path == path)
  }
}
