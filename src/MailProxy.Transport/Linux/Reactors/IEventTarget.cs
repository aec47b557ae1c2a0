namespace MailProxy.Transport.Linux.Reactors;

/// <summary>Something with a descriptor in a reactor's epoll.</summary>
internal interface IEventTarget
{
    /// <summary>Readiness changed; on the reactor's thread.</summary>
    /// <param name="events">EPOLL* bits.</param>
    void OnEvents(uint events);
}
