namespace MailProxy.Proxy.Relay;

/// <summary>From what the stores said to what the client hears.</summary>
internal static class MessageVerdict
{
    /// <summary>Where stores differ one SMTP answer cannot be true for all: the sender repeats, nothing is lost.</summary>
    public static RelayReply Again { get; } = new(451, "4.4.0 Not every recipient's server took the message, please try again later.");

    /// <summary>One recipient's: the worst of those behind its address.</summary>
    public static RelayReply Of(RelayRecipient recipient, IReadOnlyDictionary<RelayTarget, IReadOnlyList<RelayReply>> verdicts) =>
        recipient.Places is [var only] ? Of(only, verdicts) : Worst([.. recipient.Places.Select(place => Of(place, verdicts))]);

    /// <summary>One for all.</summary>
    public static RelayReply OfAll(List<RelayReply> replies) =>
        replies.TrueForAll(reply => reply.Code / 100 == replies[0].Code / 100) ? Worst(replies) : Again;

    /// <summary>One recipient's line in LMTP.</summary>
    public static string LineOf(RelayReply reply, RelayRecipient recipient) => reply.IsPositive ? $"250 2.1.5 <{recipient.Address}> OK\r\n" : reply.Line;

    private static RelayReply Of(RelayPlace place, IReadOnlyDictionary<RelayTarget, IReadOnlyList<RelayReply>> verdicts) => verdicts[place.Target!][place.Index];

    // The worst for the sender wins: temporary before permanent, because what can still succeed must be tried again.
    private static RelayReply Worst(List<RelayReply> replies) =>
        replies.Find(reply => reply.IsTemporary) ?? replies.Find(reply => !reply.IsPositive) ?? replies[0];
}
