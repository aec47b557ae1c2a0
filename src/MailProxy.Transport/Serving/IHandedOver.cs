namespace MailProxy.Transport.Serving;

/// <summary>What goes on when a session's method has returned: a splice, mostly. It ends with <see cref="ServedConnection.End"/>.</summary>
public interface IHandedOver
{
    /// <summary>The server stops: end soon. From any thread; harmless when repeated.</summary>
    void Stop();

    /// <summary>Its time for that is over: ends it at once. From any thread; harmless when repeated.</summary>
    void Cut();
}
