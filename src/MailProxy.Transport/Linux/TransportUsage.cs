namespace MailProxy.Transport.Linux;

/// <summary>What the Linux transport holds at one moment. Without connections everything is zero but the pipes that are kept.</summary>
/// <param name="Watched">Descriptors in epoll: connections, and each listener once per reactor.</param>
/// <param name="Joins">Spliced pairs of connections.</param>
/// <param name="PipesRented">Pipes with bulk on its way.</param>
/// <param name="PipesKept">Empty pipes that wait for bulk.</param>
/// <param name="BuffersRented">Buffers that dialogues and splices hold.</param>
/// <param name="TlsSessions">OpenSSL's sessions, of the whole process.</param>
public readonly record struct TransportUsage(
    int Watched = 0, int Joins = 0, int PipesRented = 0, int PipesKept = 0, int BuffersRented = 0, int TlsSessions = 0)
{
    /// <summary>Both together.</summary>
    public static TransportUsage operator +(TransportUsage one, TransportUsage other) => one.Add(other);

    /// <summary>Both together.</summary>
    public TransportUsage Add(TransportUsage other) => new(
        Watched + other.Watched,
        Joins + other.Joins,
        PipesRented + other.PipesRented,
        PipesKept + other.PipesKept,
        BuffersRented + other.BuffersRented,
        TlsSessions + other.TlsSessions);
}
