using MailProxy.Routing.Catalog;

namespace MailProxy.Proxy.Relay;

/// <summary>One user at one store in one transaction: asked for once, however many of the message's addresses lead there.</summary>
/// <param name="node">The store, or the smarthost.</param>
/// <param name="mailbox">As RCPT names it there.</param>
/// <param name="command">The client's RCPT, for its parameters.</param>
/// <param name="isSmarthost">True: outside our own stores.</param>
internal sealed class RelayPlace(StoreNode node, string mailbox, RecipientCommand command, bool isSmarthost)
{
    /// <summary>The store, or the smarthost.</summary>
    public StoreNode Node => node;

    /// <summary>As RCPT names it there.</summary>
    public string Mailbox => mailbox;

    /// <summary>The client's RCPT.</summary>
    public RecipientCommand Command => command;

    /// <summary>True: outside our own stores.</summary>
    public bool IsSmarthost => isSmarthost;

    /// <summary>What the store said; null: it was not asked yet.</summary>
    public RelayReply? Reply { get; set; }

    /// <summary>The transaction there; null: it was not asked yet.</summary>
    public RelayTarget? Target { get; set; }

    /// <summary>Position among the target's recipients, once it was taken.</summary>
    public int Index { get; set; }

    /// <summary>A recipient that the client was told is taken goes here.</summary>
    public bool IsKept { get; set; }

    /// <summary>RCPT for a store with these offers; what it does not offer is not said.</summary>
    public string RcptFor(Smtp.SmtpExtensions offers)
    {
        if (command is { Notify: null, OriginalRecipient: null } || !offers.Has("DSN"))
        {
            return $"RCPT TO:<{mailbox}>\r\n";
        }

        var notify = command.Notify is { } when ? $" NOTIFY={when}" : "";
        var original = command.OriginalRecipient is { } who ? $" ORCPT={who}" : "";
        return $"RCPT TO:<{mailbox}>{notify}{original}\r\n";
    }
}
