namespace MailProxy.Proxy.Submission;

/// <summary>What submitters may do. All of it holds where the proxy relays; a session that goes through to a home store is judged there.</summary>
public sealed class SubmissionOptions
{
    // Nobody sends more by hand or by program through one account; above it a limit is a typing error.
    private const int MostPerHour = 1_000_000;

    /// <summary>Who talks with a submitter after login.</summary>
    public SubmissionMode Mode { get; set; } = SubmissionMode.Splice;

    /// <summary>Which envelope senders a user may use.</summary>
    public SenderRule Sender { get; set; } = SenderRule.Own;

    /// <summary>Recipients of one message; 0: no limit but <c>Limits:Recipients</c>. RFC 5321 4.5.3.1.8 asks for 100 at least.</summary>
    public int Recipients { get; set; }

    /// <summary>Messages of one user within an hour; 0: no limit, because only the operator knows what users do. Gmail allows 2,000 a day.</summary>
    public int MessagesPerHour { get; set; }

    /// <summary>Recipients of one user's messages within an hour, refused ones too; 0: no limit. Exchange Online allows 10,000 a day.</summary>
    public int RecipientsPerHour { get; set; }

    /// <summary>The <c>Received:</c> field names the user who logged in. Every recipient reads it: off, unless users' names are their addresses anyway.</summary>
    public bool TraceUser { get; set; }

    /// <summary>Every error, as <c>path: what to do</c>.</summary>
    public IEnumerable<string> Validate(string path)
    {
        if (Recipients is < 0 or > 100_000)
        {
            yield return $"{path}:{nameof(Recipients)}: give a number up to 100000, or 0 for no limit of its own.";
        }

        foreach (var (name, value) in new[] { (nameof(MessagesPerHour), MessagesPerHour), (nameof(RecipientsPerHour), RecipientsPerHour) })
        {
            if (value is < 0 or > MostPerHour)
            {
                yield return $"{path}:{name}: give a number up to {MostPerHour}, or 0 for no limit.";
            }
            else if (value > 0 && Mode == SubmissionMode.Splice)
            {
                yield return $"{path}:{name}: messages are counted where the proxy relays; set {path}:{nameof(Mode)} to relay, or whoever's home store takes submission sends without limit.";
            }
        }
    }
}
