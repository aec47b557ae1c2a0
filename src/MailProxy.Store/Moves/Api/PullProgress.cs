namespace MailProxy.Store.Moves.Api;

/// <summary>The answer of <c>POST</c> and <c>GET /moves/users/{user}/pull</c>.</summary>
/// <param name="Move">Id of the move.</param>
/// <param name="Phase">How far it is.</param>
/// <param name="Hold">Done only: the hold under which the source stood still during the whole pull; null: it did not, so another pull has to follow.</param>
/// <param name="Mailboxes">Mailboxes looked at so far.</param>
/// <param name="MailboxesTotal">Mailboxes of the source.</param>
/// <param name="Messages">Messages fetched.</param>
/// <param name="Octets">Their octets.</param>
/// <param name="Reused">Messages that were new in their mailbox and whose content was here already.</param>
/// <param name="Changed">Messages whose flags changed.</param>
/// <param name="Removed">Messages removed.</param>
/// <param name="Seconds">Since the pull began, to its end.</param>
/// <param name="Error">Failed only: what to do, in a sentence.</param>
public sealed record PullProgress(
    string Move,
    PullPhase Phase,
    string? Hold,
    int Mailboxes,
    int MailboxesTotal,
    long Messages,
    long Octets,
    long Reused,
    long Changed,
    long Removed,
    double Seconds,
    string? Error);
