namespace MailProxy.Routing.Moves;

/// <summary>What a copy has fetched.</summary>
/// <param name="Messages">Messages fetched now.</param>
/// <param name="Octets">Their octets.</param>
/// <param name="Total">Messages in all, fetched earlier or now; 0: not known.</param>
public readonly record struct CopyProgress(long Messages, long Octets, long Total);
