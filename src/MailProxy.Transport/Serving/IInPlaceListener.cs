using Microsoft.AspNetCore.Connections;

namespace MailProxy.Transport.Serving;

/// <summary>A listener that can hand each connection over on the thread where it will live, which saves the way through a queue and back.</summary>
internal interface IInPlaceListener : IConnectionListener
{
    /// <summary>From now on each accepted connection goes to <paramref name="serve"/>, which must not block; ends at unbind. Instead of AcceptAsync, and once.</summary>
    void Serve(Action<ConnectionContext> serve);
}
