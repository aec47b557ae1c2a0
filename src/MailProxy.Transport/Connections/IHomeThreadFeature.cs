namespace MailProxy.Transport.Connections;

/// <summary>
/// For connections that live on one thread: their reads and writes complete there, and a session that waited for something else (a directory, DNS,
/// a delay) comes back by this. Forgetting it costs speed, not correctness: a connection can be used from anywhere.
/// </summary>
public interface IHomeThreadFeature
{
    /// <summary>The same object for all connections that live on the same thread.</summary>
    object Home { get; }

    /// <summary>Completes on the connection's thread; at once when this is it.</summary>
    ValueTask ReturnAsync();
}
