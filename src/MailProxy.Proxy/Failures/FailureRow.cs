using Microsoft.Extensions.Logging;

namespace MailProxy.Proxy.Failures;

/// <summary>What a failure looks like to the client of each protocol, to the log and to metrics.</summary>
/// <param name="Imap">Response code of a tagged NO, e.g. <c>[AUTHENTICATIONFAILED]</c>; for session-ending failures the code of <c>* BYE</c>.</param>
/// <param name="Pop3">Response code behind <c>-ERR</c>.</param>
/// <param name="SmtpAuth">Code and enhanced status that answer AUTH (or end the session).</param>
/// <param name="SmtpRecipient">Code and enhanced status that answer RCPT or DATA.</param>
/// <param name="Text">One sentence for people; it never says more than the client may know.</param>
/// <param name="Level">The log level: the client's faults Debug, ours and the store's Warning or Error.</param>
/// <param name="Metric">Value of the tag <c>error.type</c>.</param>
/// <param name="EndsSession">The client is not given another try on this connection.</param>
internal sealed record FailureRow(
    string Imap, string Pop3, string SmtpAuth, string SmtpRecipient, string Text, LogLevel Level, string Metric, bool EndsSession = false)
{
    /// <summary>
    /// Response code behind NO and BYE in ManageSieve (RFC 5804 1.3), with its parentheses and the space behind them; empty where that protocol has
    /// none, as for wrong passwords. It follows IMAP's.
    /// </summary>
    public string Sieve => (Imap, EndsSession) switch
    {
        ("[UNAVAILABLE]", _) or ("[LIMIT]", false) => "(TRYLATER) ",
        ("[PRIVACYREQUIRED]", _) => "(ENCRYPT-NEEDED) ",
        _ => "",
    };
}
