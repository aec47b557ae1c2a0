using MailProxy.Routing.Catalog;

namespace MailProxy.Http;

/// <summary>By which token a request is let in at a store.</summary>
/// <param name="store">The store.</param>
/// <param name="user">Canonical name of whom the request is for.</param>
public delegate StoreTokenAnswer StoreTokenSource(StoreNode store, string user);
