namespace MailProxy.Transport.Splice;

/// <summary>A splice under way.</summary>
public interface ISplice
{
    /// <summary>
    /// Stops both directions soon; from any thread. Both connections are then their owner's again, to say a goodbye on <c>Transport.Output</c>
    /// and to dispose (Input is used up). Harmless when it ends by itself.
    /// </summary>
    void Stop();
}
