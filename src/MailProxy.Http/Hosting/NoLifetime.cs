using Microsoft.Extensions.Hosting;

namespace MailProxy.Http.Hosting;

/// <summary>The composition root starts and stops us; the default lifetime would take Ctrl-C for itself.</summary>
internal sealed class NoLifetime : IHostLifetime
{
    /// <inheritdoc/>
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
