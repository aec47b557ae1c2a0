namespace MailProxy.Routing.Tests.Moves;

/// <summary>The command died here.</summary>
internal sealed class CrashException : Exception;
