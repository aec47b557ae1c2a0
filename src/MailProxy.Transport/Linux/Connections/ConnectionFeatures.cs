using System.Collections;
using MailProxy.Transport.Splice;
using MailProxy.Transport.Tls;
using Microsoft.AspNetCore.Http.Features;

namespace MailProxy.Transport.Linux.Connections;

/// <summary>The two features of every connection without a dictionary; others are rare.</summary>
internal sealed class ConnectionFeatures(ITlsFeature tls, ISpliceFeature splice) : IFeatureCollection
{
    private FeatureCollection? _others;

    /// <inheritdoc/>
    public bool IsReadOnly => false;

    /// <inheritdoc/>
    public int Revision => _others?.Revision ?? 0;

    private FeatureCollection Others => _others ??= [];

    /// <inheritdoc/>
    public object? this[Type key]
    {
        get => _others?[key] ?? (key == typeof(ITlsFeature) ? tls : key == typeof(ISpliceFeature) ? splice : null);
        set => Others[key] = value;
    }

    /// <inheritdoc/>
    public TFeature? Get<TFeature>() => (TFeature?)this[typeof(TFeature)];

    /// <inheritdoc/>
    public void Set<TFeature>(TFeature? instance) => this[typeof(TFeature)] = instance;

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<Type, object>> GetEnumerator() =>
        new Dictionary<Type, object>(_others ?? []) { [typeof(ITlsFeature)] = tls, [typeof(ISpliceFeature)] = splice }.GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
