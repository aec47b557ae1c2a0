namespace MailProxy.Routing.Moves;

/// <summary>A proxy's word that it serves the user no more: the value of <c>mailproxy/moves/&lt;id&gt;/acks/&lt;proxy&gt;</c>.</summary>
/// <param name="Proxy">Node name.</param>
/// <param name="At">When it was quiet.</param>
public sealed record MoveAck(string Proxy, DateTimeOffset At);
