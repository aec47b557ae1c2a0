using MailProxy.Routing.Catalog;

namespace MailProxy.Routing.Relays;

/// <summary>The relays that take mail for other domains, as one store with several addresses: whoever asks does not care which of them it is.</summary>
public interface IRelayPool
{
    /// <summary>As it is now; null: none is known. Several calls give the same <see cref="StoreNode.Health"/>.</summary>
    StoreNode? Node { get; }

    /// <summary>Why there is none, or what is wrong, as a phrase for people; null: all is well.</summary>
    string? Notice { get; }
}
