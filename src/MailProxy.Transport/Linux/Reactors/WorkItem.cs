namespace MailProxy.Transport.Linux.Reactors;

/// <summary>Something to run on a reactor's thread.</summary>
internal readonly record struct WorkItem(SendOrPostCallback Callback, object? State);
