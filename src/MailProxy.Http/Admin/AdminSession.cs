namespace MailProxy.Http.Admin;

/// <summary>One session of a node.</summary>
/// <param name="Id">As in logs and at stores.</param>
/// <param name="Protocol"><c>imap</c>, <c>imaps</c>, <c>pop3</c> ...</param>
/// <param name="Phase">As in log lines: <c>Authenticating</c>, <c>Splicing</c> ...</param>
/// <param name="Seconds">Its age.</param>
/// <param name="Client">Address and port.</param>
/// <param name="User">Null before login.</param>
/// <param name="Store">Null before it is routed.</param>
/// <param name="Why">The rule that routed it.</param>
/// <param name="Tls">Version and cipher suite, or <c>none</c>.</param>
/// <param name="BytesIn">Octets from the client.</param>
/// <param name="BytesOut">Octets to the client.</param>
/// <param name="Messages">Messages that the relay took.</param>
/// <param name="IsEnding">It was asked to end, and has not yet.</param>
public sealed record AdminSession(
    string Id, string Protocol, string Phase, double Seconds, string? Client, string? User, string? Store, string? Why, string Tls, long BytesIn, long BytesOut, int Messages, bool IsEnding);
