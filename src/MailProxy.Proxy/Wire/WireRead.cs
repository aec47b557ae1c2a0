namespace MailProxy.Proxy.Wire;

/// <summary>A value, or why there is none.</summary>
internal readonly record struct WireRead<T>(WireStatus Status, T? Value);
