using Microsoft.AspNetCore.Connections;

namespace MailProxy.Transport.Connections;

/// <summary>The way home for sessions on any transport.</summary>
public static class HomeThread
{
    /// <summary>See <see cref="IHomeThreadFeature.ReturnAsync"/>; nothing on transports whose connections have no thread.</summary>
    public static ValueTask ReturnHomeAsync(this ConnectionContext connection) =>
        connection.Features.Get<IHomeThreadFeature>()?.ReturnAsync() ?? ValueTask.CompletedTask;

    /// <summary>See <see cref="IHomeThreadFeature.Home"/>; null on transports whose connections have no thread.</summary>
    public static object? Home(this ConnectionContext connection) => connection.Features.Get<IHomeThreadFeature>()?.Home;
}
