namespace MailProxy.Directory.Guard;

/// <summary>When an attempt may be made.</summary>
/// <param name="IsKnown">False: the nodes' common count cannot be asked now, and this node's own decides.</param>
/// <param name="Wait">So long to wait; null: longer than anybody waits.</param>
internal readonly record struct SharedTurn(bool IsKnown, TimeSpan? Wait);
