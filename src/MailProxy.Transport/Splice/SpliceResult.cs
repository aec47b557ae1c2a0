namespace MailProxy.Transport.Splice;

/// <summary>What a splice moved and who ended it.</summary>
/// <param name="BytesToStore">Octets from client to store.</param>
/// <param name="BytesToClient">Octets from store to client.</param>
/// <param name="End">Who or what ended it first.</param>
public readonly record struct SpliceResult(long BytesToStore, long BytesToClient, SpliceEnd End);
