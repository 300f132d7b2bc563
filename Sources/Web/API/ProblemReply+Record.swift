import API
import Core
import Store

extension ProblemReply {
  init(_ record: ProblemRecord) {
    self.init()
    problem = record.code
    code = record.apiCode
    message = record.summary
    remedy = record.remedy
    actor = record.actor.map { Word($0) }
    link = record.link
    statusCode = record.status
    serverResponseCode = record.peerCode
    requestId = record.requestID
    date = record.occurred
  }
}
