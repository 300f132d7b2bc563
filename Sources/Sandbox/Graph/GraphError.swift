import Core
import JSON

/// A refusal by Graph, with the code and the words that Microsoft uses (Microsoft Learn,
/// "Microsoft Graph error responses and resource types"; where Learn is silent, as seen in public reports).
struct GraphError: Error, Equatable, Sendable {
  var status: Int
  var code: String
  var message: String
  /// Seconds.
  var retryAfter: Int?

  init(_ status: Int, _ code: String, _ message: String, retryAfter: Int? = nil) {
    self.status = status
    self.code = code
    self.message = message
    self.retryAfter = retryAfter
  }

  func json(requestID: String, clientRequestID: String, at now: Instant) -> JSONValue {
    [
      "error": [
        "code": .string(code),
        "message": .string(message),
        "innerError": [
          "date": .string(String(now.description.prefix(19))),
          "request-id": .string(requestID),
          "client-request-id": .string(clientRequestID),
        ],
      ]
    ]
  }
}

// 401 and 403: the token and what it allows.
extension GraphError {
  static let tokenMissing = invalidToken("Access token is empty.")
  static let tokenMalformed = invalidToken("CompactToken parsing failed with error code: 80049217")
  static let tokenExpired = invalidToken("Lifetime validation failed, the token is expired.")
  static let wrongAudience = invalidToken("Access token validation failure. Invalid audience.")
  static let badSignature = invalidToken("Access token validation failure. Invalid signature.")
  static let accessDenied = GraphError(
    403, "ErrorAccessDenied", "Access is denied. Check credentials and try again.")
  /// Of an application access policy (Microsoft Learn, "Limiting application permissions to specific mailboxes").
  static let blockedByPolicy = GraphError(403, "ErrorAccessDenied", "Access to OData is disabled.")
  static let insufficientPrivileges = GraphError(
    403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
  static let sendAsDenied = GraphError(
    403, "ErrorSendAsDenied",
    "The user account which was used to submit this request does not have the right to send mail on behalf "
      + "of the specified sending account., Cannot submit message.")
  static let meWithoutUser = GraphError(
    400, "BadRequest", "/me request is only valid with delegated authentication flow.")

  private static func invalidToken(_ message: String) -> GraphError {
    GraphError(401, "InvalidAuthenticationToken", message)
  }
}

// 404 and 405: what the path names.
extension GraphError {
  static func userNotFound(_ name: String) -> GraphError {
    GraphError(
      404, "Request_ResourceNotFound",
      "Resource '\(name)' does not exist or one of its queried reference-property objects are not present.")
  }
  static func invalidUser(_ name: String) -> GraphError {
    GraphError(404, "ErrorInvalidUser", "The requested user '\(name)' is invalid.")
  }
  static let noMailbox = GraphError(
    404, "MailboxNotEnabledForRESTAPI",
    "The mailbox is either inactive, soft-deleted, or is hosted on-premise.")
  static let itemNotFound = GraphError(
    404, "ErrorItemNotFound", "The specified object was not found in the store.")
  static let folderNotFound = GraphError(
    404, "ErrorFolderNotFound", "The specified folder could not be found in the store.")
  static let idMalformed = GraphError(400, "ErrorInvalidIdMalformed", "Id is malformed.")
  static func unknownSegment(_ segment: String) -> GraphError {
    GraphError(400, "BadRequest", "Resource not found for the segment '\(segment)'.")
  }
  static let methodNotAllowed = GraphError(
    405, "Request_BadRequest", "Specified HTTP method is not allowed for the request target.")
}

// Folders. Where no source is named, the code is one of Exchange's and our choice.
extension GraphError {
  /// As reported in python-o365#732.
  static let folderExists = GraphError(
    409, "ErrorFolderExists", "A folder with the specified name already exists.")
  static let deletesDistinguishedFolder = GraphError(
    400, "ErrorDeleteDistinguishedFolder", "Distinguished folders cannot be deleted.")
  static let movesDistinguishedFolder = GraphError(
    400, "ErrorMoveDistinguishedFolder", "Distinguished folders cannot be moved.")
  static let renamesDistinguishedFolder = GraphError(
    403, "ErrorAccessDenied", "Access is denied. Distinguished folders cannot be renamed.")
  static let folderWithinItself = GraphError(
    400, "ErrorMoveCopyFailed", "A folder cannot be moved or copied into itself or into one of its folders.")
}

// Changes.
extension GraphError {
  /// As reported in microsoft-graph-docs#2350; the numbers vary.
  static let syncStateNotFound = GraphError(
    410, "SyncStateNotFound",
    "The sync state generation is not found; generation=149;[highest=157][157][155][156].")
  /// The codes of the next two are our choice.
  static let malformedSyncState = GraphError(400, "InvalidSyncStateData", "The sync state data is invalid.")
  static let foreignSyncState = GraphError(
    400, "InvalidSyncStateData", "The sync state data belongs to another collection.")
  static func notTracked(_ names: [String], over resource: String) -> GraphError {
    .query(
      "The following parameters are not supported with change tracking over the '\(resource)' resource: "
        + "'\(names.joined(separator: ", "))'.")
  }
  static let tracksFoldersOnly = GraphError(
    400, "ErrorInvalidRequest", "Change tracking of messages is supported for one folder at a time.")
}

// 400 and 413: what the request says.
extension GraphError {
  static let noRecipients = GraphError(
    400, "ErrorInvalidRecipients", "At least one recipient is not valid., Recipients are missing.")
  static let invalidRecipients = GraphError(
    400, "ErrorInvalidRecipients", "At least one recipient is not valid.")
  /// The code is our choice.
  static func tooManyRecipients(_ limit: Int) -> GraphError {
    GraphError(400, "ErrorInvalidRecipients", "The message has more than \(limit) recipients.")
  }
  static let invalidBase64 = GraphError(
    400, "ErrorMimeContentInvalidBase64String", "Invalid base64 string for MIME content.")
  static let invalidMIME = GraphError(400, "ErrorMimeContentInvalid", "Invalid MIME content.")
  static func headerName(_ name: String) -> GraphError {
    GraphError(
      400, "InvalidInternetMessageHeader",
      "The internet message header name '\(name)' should start with 'x-' or 'X-'.")
  }
  static let tooManyHeaders = GraphError(
    400, "InvalidInternetMessageHeaderCollection",
    "Maximum number of headers in one message should be less than or equal to 5.")
  static func body(_ message: String) -> GraphError { GraphError(400, "RequestBodyRead", message) }
  static func unknownProperty(_ name: String, of type: String) -> GraphError {
    body(
      "The property '\(name)' does not exist on type 'microsoft.graph.\(type)'. Make sure to only use "
        + "property names that are defined by the type.")
  }
  static let unreadableJSON = GraphError(
    400, "BadRequest",
    "Unable to read JSON request payload. Please ensure Content-Type header is set and "
      + "payload is of valid JSON format.")
  static let propertyMissing = GraphError(
    400, "ErrorRequiredPropertyMissing", "Required property is missing.")
  static func notSettable(_ message: String) -> GraphError {
    GraphError(400, "ErrorInvalidPropertySet", message)
  }
  static func missingParameter(_ name: String) -> GraphError {
    GraphError(400, "ErrorInvalidParameter", "Required parameter '\(name)' is missing.")
  }
  static func unknownParameter(_ name: String, of action: String) -> GraphError {
    body(
      "The parameter '\(name)' in the request payload is not a valid parameter for the operation '\(action)'."
    )
  }
  static func duplicateProperty(_ name: String) -> GraphError {
    body(
      "Multiple properties with the name '\(name)' were detected in a resource or a complex value. In OData, "
        + "duplicate property names are not allowed.")
  }
  static let dueWithoutStart = GraphError(
    400, "ErrorRequiredPropertyMissing", "Required property is missing., A due date needs a start date.")
  /// No code of Graph's, so that nobody takes the sandbox's limits for Microsoft's.
  static func notSupported(_ what: String) -> GraphError {
    GraphError(400, "SandboxNotSupported", "\(what) is not supported by this sandbox.")
  }
  static func propertyID(_ text: String) -> GraphError {
    GraphError(
      400, "ErrorInvalidProperty", "The extended property id '\(oneLine(text, limit: 128))' is not valid.")
  }
  static func unknownName(_ name: String, of type: String) -> GraphError {
    GraphError(
      400, "BadRequest",
      "Could not find a property named '\(oneLine(name, limit: 64))' on type 'microsoft.graph.\(type)'.")
  }
  static let invalidFilter = GraphError(
    400, "ErrorInvalidUrlQueryFilter", "The query filter contains one or more invalid nodes.")
  static let inefficientFilter = GraphError(
    400, "InefficientFilter", "The restriction or sort order is too complex for this operation.")
  static func query(_ message: String) -> GraphError { GraphError(400, "ErrorInvalidUrlQuery", message) }
  static let tooLarge = GraphError(
    413, "ErrorMessageSizeExceeded", "The message exceeds the maximum supported size.")
}

// 412 and 429.
extension GraphError {
  static let changed = GraphError(
    412, "ErrorIrresolvableConflict",
    "The send or update operation could not be performed because the change key passed in the request does "
      + "not match the current change key for the item.")
}
extension GraphError {
  static func throttled(seconds: Int) -> GraphError {
    GraphError(
      429, "ApplicationThrottled", "Application is over its MailboxConcurrency limit.", retryAfter: seconds)
  }
}

// Attachments.
extension GraphError {
  static let attachmentTooSmall = GraphError(
    400, "ErrorAttachmentSizeShouldNotBeLessThanMinimumSize",
    "Attachment size should not be less than the minimum size of 3 MB for an upload session.")
  /// Our choice.
  static let notDraft = GraphError(
    400, "ErrorInvalidOperation", "An upload session can only be created for a message that is a draft.")
}

extension GraphError {
  init(_ fault: MailFault) {
    switch fault {
    case .idMalformed: self = .idMalformed
    case .itemNotFound: self = .itemNotFound
    case .folderNotFound: self = .folderNotFound
    case .mailboxNotFound: self = .noMailbox
    case .changed: self = .changed
    case .folderExists: self = .folderExists
    case .folderIsFixed(.deleted): self = .deletesDistinguishedFolder
    case .folderIsFixed(.moved): self = .movesDistinguishedFolder
    case .folderIsFixed(.renamed): self = .renamesDistinguishedFolder
    case .folderWithinItself: self = .folderWithinItself
    case .foreignToken: self = .foreignSyncState
    case .deadToken: self = .syncStateNotFound
    }
  }
}

extension GraphError {
  init(_ fault: FormFault) {
    switch fault {
    case .malformed: self = .query("The query of the request URI is not percent-encoded UTF-8.")
    case .duplicate(let name): self = .duplicateOption(name)
    }
  }

  static func duplicateOption(_ name: String) -> GraphError {
    .query(
      "Query option '\(oneLine(name, limit: 64))' was specified more than once, but it must be specified at "
        + "most once.")
  }

  init(_ error: JSONError) {
    if case .duplicateKey(let name) = error.reason {
      self = .duplicateProperty(oneLine(name, limit: 64))
    } else {
      self = .unreadableJSON
    }
  }
}
