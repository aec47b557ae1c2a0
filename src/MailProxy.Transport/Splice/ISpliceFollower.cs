namespace MailProxy.Transport.Splice;

/// <summary>
/// Looks at the octets of a splice that pass through memory and knows where it may be stopped without cutting anything in two. Called from one thread at
/// a time, with what the client sent before that goes to the store.
/// </summary>
public interface ISpliceFollower
{
    /// <summary>Where the splice stands now.</summary>
    SpliceStand Stand { get; }

    /// <summary>From now on it is to come to a boundary soon: nothing new begins.</summary>
    void End();

    /// <summary>Octets of one direction, in order. Returns how many of them may be passed on; the others, once it ends, are dropped.</summary>
    int Follow(bool isFromClient, ReadOnlySpan<byte> octets);

    /// <summary>Octets of one direction that may go next without being shown to <see cref="Follow"/>; <see cref="Pass"/> tells how many did.</summary>
    long Unseen(bool isFromClient);

    /// <summary>So many octets of one direction went unseen.</summary>
    void Pass(bool isFromClient, long octets);
}
