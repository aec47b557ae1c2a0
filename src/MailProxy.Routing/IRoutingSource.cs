namespace MailProxy.Routing;

/// <summary>Routing with a life: start it before the listeners open, dispose it after they closed.</summary>
public interface IRoutingSource : IAsyncDisposable
{
    /// <summary>Answers; <see cref="Decisions.RouteOutcome.NotLoaded"/> before there is a first view.</summary>
    IRouter Router { get; }

    /// <summary>One line for <c>/readyz?verbose</c>: what is loaded, how old it is, what is wrong.</summary>
    string Detail { get; }

    /// <summary>Begins. Call once.</summary>
    void Start();

    /// <summary>Ends when the first whole view has been loaded, however long that takes.</summary>
    Task ReadyAsync(CancellationToken cancellationToken);
}
