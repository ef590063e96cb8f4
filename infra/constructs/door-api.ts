// The HTTP API before the doors: one function behind it, throttled by route, an access log without anything secret.
import { CfnOutput, Validations } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  ApiMapping,
  CfnStage,
  DomainName,
  HttpApi,
  HttpMethod,
  HttpRoute,
  HttpRouteKey,
  HttpStage,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { Stage, Throttle } from '../stage.ts';
import { logGroup } from './shell.ts';

/** Routes with limits of their own; everything else takes the default route, where the doors answer what they do not know. */
const routes = (stage: Stage): { path: string; method: HttpMethod; throttle: Throttle }[] => [
  { path: '/job', method: HttpMethod.POST, throttle: stage.api.submit },
  { path: '/job', method: HttpMethod.GET, throttle: stage.api.read },
  { path: '/console/api/{proxy+}', method: HttpMethod.ANY, throttle: stage.api.console },
  { path: '/ga/api/{proxy+}', method: HttpMethod.ANY, throttle: stage.api.console },
  { path: '/{version}/async/{proxy+}', method: HttpMethod.ANY, throttle: stage.api.console },
  // The endpoints beside /job: the rates that the protocol documents are counted for each client behind this.
  ...['user', 'list', 'purchase', 'content', 'blast', 'send', 'stats'].map((endpoint) => ({
    path: `/${endpoint}`,
    method: HttpMethod.ANY,
    throttle: stage.api.read,
  })),
];

/** Neither path nor query nor address of the caller: queries carry signatures and addresses of users. */
const accessLog = {
  requestId: '$context.requestId',
  time: '$context.requestTimeEpoch',
  route: '$context.routeKey',
  status: '$context.status',
  bytes: '$context.responseLength',
  milliseconds: '$context.responseLatency',
  integrationMilliseconds: '$context.integrationLatency',
  error: '$context.error.responseType',
};

export class DoorApi extends Construct {
  readonly api: HttpApi;

  constructor(scope: Construct, id: string, props: { stage: Stage; fn: IFunction }) {
    super(scope, id);
    const { stage, fn } = props;
    this.api = new HttpApi(this, 'Api', {
      apiName: `stevedore-${stage.name}`,
      description: 'The doors of Stevedore',
      createDefaultStage: false,
    });
    const integration = new HttpLambdaIntegration('Doors', fn);
    const route = (name: string, routeKey: HttpRouteKey) => {
      const made = new HttpRoute(this, name, { httpApi: this.api, routeKey, integration });
      Validations.of(made).acknowledge({
        id: 'AwsSolutions-APIG4',
        reason: 'The wire protocols carry credentials and signatures in the request itself; the doors check them.',
      });
      return made;
    };
    const own = routes(stage).map(({ path, method, throttle }) => ({
      route: route(`${method} ${path.slice(1)}`.replaceAll(/[{}+]/g, ''), HttpRouteKey.with(path, method)),
      key: `${method} ${path}`,
      throttle,
    }));
    route('default', HttpRouteKey.DEFAULT);
    const live = new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      detailedMetricsEnabled: true,
      throttle: { rateLimit: stage.api.other.rate, burstLimit: stage.api.other.burst },
      accessLogSettings: {
        destination: new LogGroupLogDestination(
          logGroup(this, 'AccessLog', stage, `/aws/vendedlogs/stevedore-${stage.name}-api`),
        ),
        format: AccessLogFormat.custom(JSON.stringify(accessLog)),
      },
    });
    const resource = live.node.defaultChild;
    if (!(resource instanceof CfnStage)) throw new Error('the stage has no resource');
    resource.routeSettings = Object.fromEntries(
      own.map(({ key, throttle }) => [
        key,
        { ThrottlingRateLimit: throttle.rate, ThrottlingBurstLimit: throttle.burst, DetailedMetricsEnabled: true },
      ]),
    );
    // Limits can only be set on routes that exist.
    live.node.addDependency(...own.map(({ route: made }) => made));
    new CfnOutput(this, 'Url', { value: this.api.apiEndpoint });
    if (stage.domain) this.#addDomain(stage.domain, live);
  }

  /** The records that lead the name here are made wherever its zone is kept. */
  #addDomain({ name, certificateArn }: NonNullable<Stage['domain']>, stage: HttpStage): void {
    const certificate = Certificate.fromCertificateArn(this, 'Certificate', certificateArn);
    const domainName = new DomainName(this, 'Domain', { domainName: name, certificate });
    new ApiMapping(this, 'Mapping', { api: this.api, domainName, stage });
    new CfnOutput(this, 'DomainTarget', {
      description: `Point ${name} at this name, by a CNAME or an alias record`,
      value: domainName.regionalDomainName,
    });
  }
}
