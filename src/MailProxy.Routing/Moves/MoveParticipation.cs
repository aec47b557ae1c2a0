namespace MailProxy.Routing.Moves;

/// <summary>A proxy node's part in moves.</summary>
/// <param name="NodeId">Node name, unique in the cluster.</param>
/// <param name="Version">Version of the program.</param>
public sealed record MoveParticipation(string NodeId, string Version);
