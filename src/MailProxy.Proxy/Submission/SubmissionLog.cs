using MailProxy.Proxy.Failures;
using Microsoft.Extensions.Logging;

namespace MailProxy.Proxy.Submission;

/// <summary>Events of submission by relay; the ids go on from those of <see cref="Sessions.SessionLog"/>.</summary>
internal static partial class SubmissionLog
{
    /// <summary>A submitter may not do what was asked.</summary>
    [LoggerMessage(EventId = 8, Message = "{Protocol} submission of {User} in {Session} refused: {Failure} ({Detail})")]
    public static partial void Refused(ILogger logger, LogLevel level, string protocol, string user, string session, ProxyFailure failure, string detail);
}
