using MailProxy.Directory;

namespace MailProxy.Proxy.Relay;

/// <summary>A recipient whom the client has named, on the way to an answer.</summary>
/// <param name="command">What was said.</param>
internal sealed class RecipientCandidate(RecipientCommand command)
{
    /// <summary>What was said.</summary>
    public RecipientCommand Command => command;

    /// <summary>As the client named it.</summary>
    public string Address => command.Address;

    /// <summary>What the directory says.</summary>
    public LookupResult? Found { get; set; }

    /// <summary>Where it goes: one place per user that it stands for.</summary>
    public List<RelayPlace> Places { get; } = [];

    /// <summary>Our own users among those, and the store to which each was routed.</summary>
    public List<(DirectoryUser User, string Store)> Users { get; } = [];

    /// <summary>Why it is refused before any store has judged; null: it is not.</summary>
    public RelayReply? Refusal { get; set; }

    /// <summary>The answer, once every place has one: the first refusal counts.</summary>
    public RelayReply Reply => Refusal ?? Places.Find(static place => place.Reply is not { IsPositive: true })?.Reply ?? Taken;

    private static RelayReply Taken { get; } = new(250, "2.1.5 OK");
}
