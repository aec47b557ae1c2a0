namespace MailProxy.Routing.Moves;

/// <summary>A proxy node's part in moves.</summary>
/// <param name="NodeId">Node name, unique in the cluster.</param>
/// <param name="Version">Version of the program.</param>
/// <param name="Admin">URL of its admin API, for operators' commands; null: it has none.</param>
public sealed record MoveParticipation(string NodeId, string Version, string? Admin = null);
