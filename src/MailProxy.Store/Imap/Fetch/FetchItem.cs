using MailProxy.Store.Mime;

namespace MailProxy.Store.Imap.Fetch;

/// <summary>One item of a FETCH.</summary>
/// <param name="Kind">What is asked for.</param>
/// <param name="Label">How the response names it.</param>
internal sealed record FetchItem(FetchItemKind Kind, string Label)
{
    /// <summary>For Section: which octets.</summary>
    public SectionSpec Section { get; init; } = SectionSpec.Whole;

    /// <summary>For a partial <c>&lt;first.count&gt;</c>: the first octet.</summary>
    public long First { get; init; }

    /// <summary>For a partial: how many octets at most.</summary>
    public long Count { get; init; } = long.MaxValue;

    /// <summary>True when reading it marks the message as \Seen.</summary>
    public bool SetsSeen { get; init; }
}
