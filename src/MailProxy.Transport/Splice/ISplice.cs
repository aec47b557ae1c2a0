namespace MailProxy.Transport.Splice;

/// <summary>A splice under way.</summary>
public interface ISplice
{
    /// <summary>Octets from client to store so far: a look from any thread that costs nothing and may be a moment old.</summary>
    long MovedToStore { get; }

    /// <summary>The same from store to client.</summary>
    long MovedToClient { get; }

    /// <summary>
    /// Stops both directions soon; from any thread. Both connections are then their owner's again, to say a goodbye on <c>Transport.Output</c>
    /// and to dispose (Input is used up). Harmless when it ends by itself.
    /// </summary>
    void Stop();

    /// <summary>
    /// Stops at the next boundary that its follower finds, with <see cref="SpliceEnd.AtBoundary"/>: everything up to it went to the client, nothing behind
    /// it, and the owner may say goodbye. Without a boundary within <see cref="SpliceSettings.BoundaryLimit"/>, or without a follower, it is
    /// <see cref="Stop"/>. From any thread; harmless when repeated, or when it ends by itself.
    /// </summary>
    void StopAtBoundary();
}
