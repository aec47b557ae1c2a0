using MailProxy.Proxy.Connect;

namespace MailProxy.Proxy.Relay;

/// <summary>How a transaction is begun with one kind of next hop: our stores, by LMTP, or the relays for other domains, by SMTP.</summary>
/// <param name="Connector">Dials.</param>
/// <param name="IsLmtp">Our stores.</param>
/// <param name="Account">Who we are there, by AUTH; null: they know us by our certificate or address.</param>
/// <param name="TellsClient">Whose mail it is is told by XCLIENT; to relays the name that logged in, too.</param>
internal readonly record struct RelayWay(StoreConnector Connector, bool IsLmtp, MasterAccount? Account, bool TellsClient)
{
    /// <summary>Whose port is dialled.</summary>
    public MailProtocol Protocol => IsLmtp ? MailProtocol.Lmtp : MailProtocol.Submission;
}
