namespace MailProxy.Routing.Consul.Model;

/// <summary>Why one operation of a transaction failed.</summary>
/// <param name="OpIndex">Which one, from 0.</param>
/// <param name="What">Consul's text.</param>
public sealed record TxnError(int OpIndex, string What);
